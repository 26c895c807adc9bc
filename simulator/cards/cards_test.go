package cards

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestBrand(t *testing.T) {
	t.Parallel()
	tests := map[string]Brand{
		"4": Visa, "4242": Visa, "51": Mastercard, "55": Mastercard, "222100": Mastercard, "272099": Mastercard,
		"2220": Unknown, "222099": Unknown, "272100": Unknown, "34": Amex, "37": Amex, "36": DinersClub,
		"3095": DinersClub, "300": DinersClub, "304": DinersClub, "305": DinersClub, "306": Unknown, "39": DinersClub,
		"3528": JCB, "3589": JCB, "3527": Unknown, "3590": Unknown, "6011": Discover, "64": Discover, "65": Discover,
		"6010": Maestro, "62": Maestro, "6771": Maestro, "50": Maestro, "56": Maestro, "58": Maestro, "59": Unknown,
		"2014": Enroute, "2149": Enroute, "": Unknown, "3": Unknown, "9": Unknown, "1": Unknown,
	}
	for digits, want := range tests {
		if got := Typed(digits).Brand(); got != want {
			t.Errorf("brand of %s: got %q, want %q", digits, got, want)
		}
	}
}

func TestValidNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		number string
		valid  bool
	}{
		{"4242424242424242", true}, {"4242424242424241", false}, {"4222222222222", true},
		{"4000000000000000071", true}, {"42424242424242", false}, {"378282246310005", true},
		{"5555555555554444", true}, {"555555555555444", false}, {"36227206271667", true},
		{"3056930009020004", true}, {"3065930009020004", false}, {"201400000000009", true},
		{"0000000000000000", true}, // no brand: refused later, as a type that is not accepted
		{"00000000000", false}, {"", false}, {"4", false},
	}
	for _, tc := range tests {
		if got := Typed(tc.number).ValidNumber(); got != tc.valid {
			t.Errorf("%s: got %v, want %v", tc.number, got, tc.valid)
		}
	}
}

// Every prefix of a number is looked at, so a number can neither end early nor run on.
func TestNumberComplete(t *testing.T) {
	t.Parallel()
	tests := map[string]int{
		"4242424242424242999": 16, "378282246310005999": 15, "36227206271667999": 14, "36227206271668999": 16,
		"3056930009020004999": 16, "5555555555554444999": 16, "6011111111111117999": 16, "3566002020360505999": 16,
		"6771798021000008123456": 19, "2014000000000099999": 15, "9999999999999999999": 16,
	}
	for number, want := range tests {
		d := NewDigits()
		for i := 0; i < len(number) && !d.NumberComplete(); i++ {
			d.Add(number[i])
		}
		if d.Len() != want {
			t.Errorf("%s ended at %d digits, want %d", number, d.Len(), want)
		}
	}
}

func TestValidExpiry(t *testing.T) {
	t.Parallel()
	tests := []struct {
		mmyy, now string
		valid     bool
	}{
		{"1126", "2026-11-01", true}, {"1126", "2026-11-30", true}, {"1126", "2026-12-01", false},
		{"1026", "2026-11-01", false}, {"1226", "2026-11-01", true}, {"0127", "2026-11-01", true},
		{"1225", "2026-11-01", false}, {"1246", "2026-11-01", true}, {"0147", "2026-11-01", false},
		{"1299", "2026-11-01", false}, {"0126", "2026-01-31", true}, {"0000", "2026-11-01", false},
		{"1326", "2026-11-01", false}, {"0026", "2026-11-01", false}, {"112", "2026-11-01", false},
		{"11260", "2026-11-01", false}, {"", "2026-11-01", false}, {"0105", "2099-06-01", true},
		{"1298", "2099-06-01", false}, {"0699", "2099-06-01", true},
	}
	for _, tc := range tests {
		now, err := time.Parse(time.DateOnly, tc.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := Typed(tc.mmyy).ValidExpiry(now.Add(23 * time.Hour)); got != tc.valid {
			t.Errorf("%s on %s: got %v, want %v", tc.mmyy, tc.now, got, tc.valid)
		}
	}
}

func TestValidRouting(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"121181976": true, "021000021": true, "110000000": true, "12345678": false, "121181977": false,
		"000000000": false, "": false, "1211819760": false,
		"424242428": false, "555555555": false, "424242423": false, "322271627": true, "800000006": true, "810000003": false, "810000009": false,
	}
	for number, want := range tests {
		if got := Typed(number).ValidRouting(); got != want {
			t.Errorf("%s: got %v, want %v", number, got, want)
		}
	}
}

func TestCodeLen(t *testing.T) {
	t.Parallel()
	for _, b := range append(Brands(), Unknown) {
		want := 3
		if b == Amex || b == Optima {
			want = 4
		}
		if got := CodeLen(b); got != want {
			t.Errorf("%q: got %d, want %d", b, got, want)
		}
	}
}

func TestTestCards(t *testing.T) {
	t.Parallel()
	brands := map[string]Brand{
		"visa": Visa, "mastercard": Mastercard, "amex": Amex, "discover": Discover, "jcb": JCB,
		"diners": DinersClub, "diners-14": DinersClub, "maestro": Maestro, "unionpay": Maestro, "mastercard-2": Mastercard,
	}
	names, numbers := map[string]bool{}, map[string]bool{}
	for _, c := range TestCards() {
		if names[c.Name] || numbers[c.Number] {
			t.Errorf("%s is listed twice", c.Name)
		}
		names[c.Name], numbers[c.Number] = true, true
		if got := Typed(c.Number).ValidNumber(); got == c.Unusable {
			t.Errorf("%s: valid is %v, unusable is %v", c.Name, got, c.Unusable)
		}
		if !c.Unusable && c.Behaviour == "" {
			t.Errorf("%s has no behaviour", c.Name)
		}
		if want, ok := brands[c.Name]; ok && c.Brand() != want {
			t.Errorf("%s: brand %q, want %q", c.Name, c.Brand(), want)
		}
		if len(c.Code()) != CodeLen(c.Brand()) {
			t.Errorf("%s: code %q", c.Name, c.Code())
		}
		if found, ok := Typed(c.Number).TestCard(); !ok || found.Name != c.Name {
			t.Errorf("%s is not found by its digits", c.Name)
		}
		if found, ok := FindTestCard(strings.ToUpper(c.Name)); !ok || found.Number != c.Number {
			t.Errorf("%s is not found by its name", c.Name)
		}
	}
	if _, ok := FindTestCard("nobody"); ok {
		t.Error("a card that is not there was found")
	}
	if _, ok := Typed("4242").TestCard(); ok {
		t.Error("a part of a test card was taken for one")
	}
}

func ExampleDigits_CardMask() {
	number := Typed("4242 4242 4242 4242")
	fmt.Println(number, number.CardMask(), number.Brand())
	number.Wipe()
	fmt.Println(number.Len())
	// Output:
	// xxxxxxxxxxxxxxxx xxxxxxxxxxxx4242 visa
	// 0
}
