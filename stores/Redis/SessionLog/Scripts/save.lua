-- version or '' for none, new version or '' to clear, state, expiry -> 1; 0: another version is there, or the session is gone
if redis.call('HEXISTS', header, 'archived') == 1 then return redis.error_reply(AWAY) end
if (redis.call('HGET', snapshot, 'version') or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', snapshot)
  return 1
end
if redis.call('EXISTS', header) == 0 then return 0 end
redis.call('HSET', snapshot, 'version', ARGV[2], 'state', ARGV[3])
expire(ARGV[4])
return 1
