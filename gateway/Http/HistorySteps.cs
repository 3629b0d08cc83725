using System.Globalization;
using System.Text.Json;

namespace ToolRuntime.Gateway.Http;

/// <summary>Which steps of what is remembered somebody asks for, by <c>from</c>, <c>to</c> and <c>step</c>.</summary>
/// <param name="From">The first, seconds since 1970; a multiple of <paramref name="Seconds"/>.</param>
/// <param name="Count">How many.</param>
/// <param name="Seconds">How far they are apart.</param>
/// <param name="Until">The first second that was not asked for: the step that it is in may not be over, and is no step then.</param>
internal sealed record HistorySteps(long From, int Count, int Seconds, long Until)
{
    /// <summary>Most steps of an answer: a day of ten seconds each.</summary>
    public const int MaxSteps = 8_640;

    /// <summary>Most values of an answer.</summary>
    public const int MaxValues = 100_000;

    private const int UsualMinutes = 15;
    private const int UsualSteps = 180;

    /// <summary>Reads them, or says why they are none.</summary>
    /// <param name="given">The request's query.</param>
    /// <param name="time">The clock.</param>
    /// <param name="least">Seconds between two samples.</param>
    /// <param name="keepHours">How long they are kept.</param>
    /// <param name="series">How many values a step has.</param>
    public static (HistorySteps? Steps, Rejection? Error) Read(IQueryCollection given, TimeProvider time, int least, int keepHours, int series)
    {
        var now = time.Wall().GetUtcNow().ToUnixTimeSeconds();
        if (!TryReadTime(given["to"].FirstOrDefault(), now, out var to)) return Refuse("to is no time.");
        if (!TryReadTime(given["from"].FirstOrDefault(), to - (UsualMinutes * 60), out var from)) return Refuse("from is no time.");
        if (from >= to) return Refuse("from must be before to.");
        from = Math.Max(from, to - (keepHours * 3_600L)); // no more is kept, and a client's clock is not ours
        var step = (int)Math.Max(least, (to - from) / UsualSteps);
        if (given["step"].FirstOrDefault() is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out step) || step is < 1 or > 86_400))
        {
            return Refuse("step is no number of seconds from 1 to 86,400.");
        }

        step = (step + least - 1) / least * least;
        from = from / step * step;
        var steps = Math.Max(1, (to - from) / step);
        if (steps > MaxSteps || steps * series > MaxValues) return Refuse($"That is more than {MaxSteps} steps or {MaxValues} values; take a longer step or fewer series.");
        return (new(from, (int)steps, step, to + 1), null);
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("from", DateTimeOffset.FromUnixTimeSeconds(From).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.WriteNumber("stepMs", Seconds * 1_000L);
        writer.WriteNumber("steps", Count);
    }

    private static (HistorySteps? Steps, Rejection? Error) Refuse(string message) => (null, new(ErrorCode.InvalidCommand, message));

    private static bool TryReadTime(string? text, long otherwise, out long seconds)
    {
        seconds = otherwise;
        if (text is null) return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return false;
        seconds = at.ToUnixTimeSeconds();
        return seconds >= 0;
    }
}
