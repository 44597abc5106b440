"""The objects of Kubernetes that follow from the manifests: whole files in deploy/k8s."""
