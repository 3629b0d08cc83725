using System.Globalization;
using System.Text.Json;

namespace ToolRuntime.Models.Providers;

/// <summary>
/// When a server says to come back: <c>retry-after-ms</c>, <c>Retry-After</c> (seconds or a date), or Google's <c>RetryInfo</c> in the
/// body.
/// </summary>
internal static class RetryAdvice
{
    public static TimeSpan? Of(HttpResponseMessage response, JsonElement? error, DateTimeOffset now)
    {
        if (response.Headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.First(), CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and < 1e9)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        var header = response.Headers.RetryAfter;
        if (header?.Delta is { } delta) return delta;
        if (header?.Date is { } date) return date > now ? date - now : TimeSpan.Zero;
        foreach (var detail in error.Items("details"))
        {
            if (detail.Text("retryDelay") is { } text && double.TryParse(text.TrimEnd('s'), CultureInfo.InvariantCulture, out var seconds)
                && seconds is >= 0 and < 1e6)
            {
                return TimeSpan.FromSeconds(seconds);
            }
        }

        return null;
    }
}
