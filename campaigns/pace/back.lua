-- back takes a grant back of which nothing was sent.
--
-- KEYS     as keys.go lists them
-- ARGV[1]  id of the grant
-- ARGV[2]  the call among the campaign's live ones; ARGV[3] among the account's
for _, key in ipairs({KEYS[2], KEYS[5]}) do
  local kept = redis.call('HMGET', key, 'next', 'last', 'step')
  if kept[2] == ARGV[1] then
    redis.call('HSET', key, 'next', string.format('%.0f', tonumber(kept[1]) - tonumber(kept[3])), 'last', '')
  end
end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[6], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[3])
return {ARGV[1], 'back', 0}
