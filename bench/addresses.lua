-- Asks for one address after the other, and counts the answers that are not as they should be (bench/load.py).
-- Arguments: a file with an address on each line, the status, the least and the greatest length, an entity tag or "".

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  status, least, greatest = tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
  wrk.headers["Accept-Encoding"] = "gzip"
  if args[5] and args[5] ~= "" then
    wrk.headers["If-None-Match"] = args[5]
  end
  asked, turn, wrong = {}, 0, 0
  for line in io.lines(args[1]) do
    table.insert(asked, wrk.format("GET", line))
  end
end

function request()
  turn = turn % #asked + 1
  return asked[turn]
end

function response(code, headers, body)
  if code ~= status or #body < least or #body > greatest then
    wrong = wrong + 1
  end
end

function done(summary, latency, requests)
  local found = 0
  for _, thread in ipairs(threads) do
    found = found + thread:get("wrong")
  end
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('{"answers": %d, "microseconds": %d, "wrong": %d, "lost": %d}\n',
    summary.requests, summary.duration, found, lost))
end
