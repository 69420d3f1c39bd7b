"""What the API takes and answers, as pydantic models: they check what comes in, and describe what goes out."""
