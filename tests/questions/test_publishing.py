def test_x(subject): pass
