"""What the product is measured against: a stock Django site with one django-tables2 page over the same rows. No page of the product."""
