import streamlit as st

st.title("Codes")
st.write("Codes of both models.")
