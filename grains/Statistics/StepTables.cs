namespace ToolRuntime.Statistics;

/// <summary>A tenant's minutes and hours. An hour is what its minutes add up to as long as these are there, so that adding it up again changes nothing.</summary>
internal sealed class StepTables
{
    public const long Minute = 60_000;
    public const long Hour = 60 * Minute;
    private const int KeptHours = 168;

    private readonly SortedDictionary<long, CountsTable> minutes = [];
    private readonly SortedDictionary<long, CountsTable> hours = [];

    public static StepTables Of(StatisticsState minutes, StatisticsState hours)
    {
        var tables = new StepTables();
        foreach (var (at, packed) in minutes.Steps) Read(tables.minutes, at, packed);
        foreach (var (at, packed) in hours.Steps) Read(tables.hours, at, packed);
        return tables;
    }

    /// <summary>Adds counts of a minute; of one that is no longer, or not yet, kept to the present one.</summary>
    public void Add(long minute, CountsTable counts, long now)
    {
        var at = minute < Floor(now, Hour) - Hour || minute > now ? Floor(now, Minute) : Floor(minute, Minute);
        Of(minutes, at).Add(counts);
    }

    /// <summary>Makes hours of minutes that are over, and forgets what is too old; whether hours changed.</summary>
    public bool Roll(long now)
    {
        var present = Floor(now, Hour);
        var changed = false;
        foreach (var hour in minutes.Keys.Select(at => Floor(at, Hour)).Where(hour => hour < present - Hour).Distinct().ToArray())
        {
            hours[hour] = Sum(minutes, hour, hour + Hour);
            foreach (var at in minutes.Keys.Where(at => Floor(at, Hour) == hour).ToArray()) minutes.Remove(at);
            changed = true;
        }

        foreach (var old in hours.Keys.Where(at => at <= present - (KeptHours * Hour)).ToArray()) changed |= hours.Remove(old);
        return changed;
    }

    /// <summary>Into what is stored.</summary>
    public static Dictionary<long, byte[]> Pack(IEnumerable<KeyValuePair<long, CountsTable>> steps) => steps.ToDictionary(step => step.Key, step => step.Value.Pack());

    public IEnumerable<KeyValuePair<long, CountsTable>> Minutes => minutes;

    public IEnumerable<KeyValuePair<long, CountsTable>> Hours => hours;

    /// <summary>The steps of a window that ends now, and how far they are apart.</summary>
    public (long From, long StepMs, List<KeyValuePair<long, CountsTable>> Steps) Window(StatisticsWindow window, long now)
    {
        if (window == StatisticsWindow.Hour)
        {
            var first = Floor(now, Minute) - Hour + Minute;
            return (first, Minute, [.. minutes.Where(step => step.Key >= first)]);
        }

        var count = window == StatisticsWindow.Day ? 24 : KeptHours;
        var from = Floor(now, Hour) - ((count - 1) * Hour);
        var steps = new SortedDictionary<long, CountsTable>(hours.Where(step => step.Key >= from).ToDictionary());
        foreach (var hour in minutes.Keys.Select(at => Floor(at, Hour)).Where(hour => hour >= from).Distinct()) steps[hour] = Sum(minutes, hour, hour + Hour);
        return (from, Hour, [.. steps]);
    }

    private static long Floor(long at, long step) => at - (at % step);

    private static CountsTable Sum(SortedDictionary<long, CountsTable> steps, long from, long to)
    {
        var sum = new CountsTable();
        foreach (var (at, counts) in steps)
        {
            if (at >= from && at < to) sum.Add(counts);
        }

        return sum;
    }

    private static CountsTable Of(SortedDictionary<long, CountsTable> steps, long at) => steps.TryGetValue(at, out var known) ? known : steps[at] = new();

    private static void Read(SortedDictionary<long, CountsTable> steps, long at, byte[] packed) => Of(steps, at).AddPacked(packed);
}
