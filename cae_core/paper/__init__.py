"""The experiment of Rifai, Vincent, Muller, Glorot, Bengio (ICML 2011): Table 1 and Figures 1 and 2, on MNIST.

Autoencoders of one hidden layer are trained on images without labels; each then becomes the first layer of a
classifier, which is fine-tuned by back-propagation. What a method may choose (lambda, noise, decay, learning rates) is
chosen by the classifier's error on validation images alone.

    settings -> data -> pretraining -> finetuning -> cells -> schedule -> table, figures -> report
"""
