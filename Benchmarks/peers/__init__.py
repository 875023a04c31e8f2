"""The engines that Tapedeck is compared with."""
