package cards

// RoutingLen is the length of an ABA routing number.
const RoutingLen = 9

// The lengths of a bank account number. Twilio publishes only that there is a minimum; these are the bounds
// that its imitators use.
const (
	MinAccountLen = 4
	MaxAccountLen = 17
)

// aba is the checksum of American bank routing numbers: the digits weighted 3, 7, 1 sum up to a multiple of ten.
func aba(number []byte) bool {
	if len(number) != RoutingLen {
		return false
	}
	sum := 0
	for i, c := range number {
		sum += int(c-'0') * [3]int{3, 7, 1}[i%3]
	}
	return sum > 0 && sum%10 == 0
}
