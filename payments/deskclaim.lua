-- deskclaim gives a call to one new agent-assisted payment.
--
-- KEYS[1]  the call's desk (hash)
-- ARGV[1]  ID of the new payment
-- ARGV[2]  key of the wish
-- ARGV[3]  now, in milliseconds
-- ARGV[4]  milliseconds the hash lives from now
-- ARGV[5]  ID of an open payment that may be pushed aside, because nothing came of it; '' for none
-- returns  {'new', id, n, since} claimed now, the n-th of the call
--          {'same', id, n, since} this wish led to that payment before
--          {'busy', id, n, since} that payment is open, since that millisecond
local n = tonumber(redis.call('HGET', KEYS[1], 'n') or '0')
local s = redis.call('HMGET', KEYS[1], 'open', 'at', 'k:' .. ARGV[2])
if s[3] then
  local id, nth = string.match(s[3], '^(%S+) (%d+)$')
  return {'same', id, tonumber(nth), s[2] or '0'}
end
if s[1] and s[1] ~= '' and s[1] ~= ARGV[5] then
  return {'busy', s[1], n, s[2]}
end
n = n + 1
redis.call('HSET', KEYS[1], 'open', ARGV[1], 'at', ARGV[3], 'n', n, 'k:' .. ARGV[2], ARGV[1] .. ' ' .. n)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'new', ARGV[1], n, ARGV[3]}
