-- release gives a lease back without a commit, so that the next copy need not wait for its end.
--
-- KEYS[1]  session (hash)
-- ARGV[1]  token of the lease; echoed first in the reply
-- returns  {token, 'ok', 0} given back · {token, 'lost', 0} it was not ours any more
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then
  return {ARGV[1], 'lost', 0}
end
redis.call('HDEL', KEYS[1], 'lease', 'until')
return {ARGV[1], 'ok', 0}
