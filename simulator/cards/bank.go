package cards

// RoutingLen is the length of an ABA routing number.
const RoutingLen = 9

// The lengths of a bank account number. Twilio publishes only that there is a minimum; these are the bounds
// that its imitators use.
const (
	MinAccountLen = 4
	MaxAccountLen = 17
)

// aba checks an American bank routing number: it begins with the number of a Federal Reserve district or with
// one of the ranges beside them, and its digits weighted 3, 7, 1 sum up to a multiple of ten. The first rule
// also keeps most card numbers out of a field that is reported in the clear.
func aba(number []byte) bool {
	if len(number) != RoutingLen {
		return false
	}
	switch head := int(number[0]-'0')*10 + int(number[1]-'0'); {
	case head <= 12, head >= 21 && head <= 32, head >= 61 && head <= 72, head == 80:
	default:
		return false
	}
	sum := 0
	for i, c := range number {
		sum += int(c-'0') * [3]int{3, 7, 1}[i%3]
	}
	return sum > 0 && sum%10 == 0
}
