// Provider: placeholder of the skeleton, replaced by the first file of the module.
