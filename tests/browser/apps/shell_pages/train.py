import streamlit as st

st.title("Train")
if st.button("Run again"):
    st.session_state["again"] = True
    st.rerun()
if st.session_state.get("again"):
    st.write("ran again")
    st.stop()
