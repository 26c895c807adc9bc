package pace

// The keys share a hash tag, so that one script may use them all in a cluster. Each has a TTL.
const prefix = "paydial:{pace}:"

// keysOf are the keys of a campaign's script, in the order that every script takes them:
//
//	1  calls of the account that count, a sorted set: grant, until when it counts
//	2  spacing of the account, a hash: next, last
//	3  live calls of the account, a sorted set: campaign:ref, since when
//	4  calls of the campaign that count
//	5  spacing of the campaign
//	6  live calls of the campaign
func keysOf(campaign string) []string {
	return []string{
		prefix + "account:window", prefix + "account:next", prefix + "live",
		prefix + "of:" + campaign + ":window", prefix + "of:" + campaign + ":next", prefix + "of:" + campaign + ":live",
	}
}
