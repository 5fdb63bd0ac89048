/**
 * Images in and out: data sets from IDX, CIFAR-10, npz and csv files and from folders of PNG or
 * JPEG files, endless shuffled minibatches, and generated images written as PNG, npz and GIF.
 */
@NullMarked
package ornstein.diffusion.data;

import org.jspecify.annotations.NullMarked;
