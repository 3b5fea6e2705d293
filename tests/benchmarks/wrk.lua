-- Ask for the addresses of a file in turn, or send a form; print the figures as a line of JSON.
-- Arguments: the file of addresses; or "POST", the address, the file of the body, the cookie, the expected status.
-- %ONCE% in a body stands for 12 digits, other ones each time.

local MANY = 500
local threads, prepared, at, path, body, cookie, expected = {}
wrong = 0 -- global, for done()

function setup(thread)
  table.insert(threads, thread)
end

local function somewhere()
  return string.format("10.%d.%d.%d", math.random(0, 255), math.random(0, 255), math.random(1, 254))
end

local function read(name)
  local file = assert(io.open(name))
  local text = file:read("*a")
  file:close()
  return text
end

function init(arguments)
  math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)") or "0", 16) % 1000003)
  wrk.headers["Accept-Encoding"] = "gzip"
  if arguments[1] == "POST" then
    path, body, cookie, expected = arguments[2], read(arguments[3]), arguments[4], tonumber(arguments[5])
    return
  end
  response = nil -- to look at each answer would slow wrk down; it counts those from 400 on by itself
  local paths = {}
  for line in read(arguments[1]):gmatch("[^\n]+") do table.insert(paths, line) end
  prepared, at = {}, 0
  for number = 1, MANY do
    local headers = { ["Accept-Encoding"] = "gzip", ["X-Forwarded-For"] = somewhere() }
    prepared[number] = wrk.format("GET", paths[(number - 1) % #paths + 1], headers)
  end
end

function request()
  if prepared then
    at = at % #prepared + 1
    return prepared[at]
  end
  local once = string.format("%06x%06x", math.random(0, 0xffffff), math.random(0, 0xffffff))
  local headers = {
    ["Content-Type"] = "application/x-www-form-urlencoded", ["Cookie"] = cookie, ["X-Forwarded-For"] = somewhere(),
  }
  return wrk.format("POST", path, headers, (body:gsub("%%ONCE%%", once)))
end

function response(status)
  if status ~= expected then wrong = wrong + 1 end
end

function done(summary, latency, requests)
  local refused = 0
  for _, thread in ipairs(threads) do refused = refused + thread:get("wrong") end
  local errors = refused > 0 and 0 or summary.errors.status
  errors = errors + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print(string.format(
    '{"requests": %d, "seconds": %f, "p50_ms": %f, "p95_ms": %f, "p99_ms": %f, "errors": %d}',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, errors + refused
  ))
end
