"""The steps of the Upload page, one module each: context, file, columns, results, mending, sending."""
