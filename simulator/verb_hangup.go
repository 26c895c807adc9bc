package simulator

// verbHangup ends the call.
func verbHangup(*leg, *element) next { return hangUp }
