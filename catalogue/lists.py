"""The list of networks, which every view of the catalogue shows in its own way."""

from catalogue.facets import network_labels
from catalogue.search import KIND, vocabulary
from resourcecenter.core.listing import Collection

NETWORKS = Collection("networks", page="catalogue:networks", kinds=[KIND], labels=network_labels, vocabulary=vocabulary)
