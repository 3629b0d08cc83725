using System.Globalization;

namespace ToolRuntime.Usage;

/// <summary>Names an account: what a tenant, or one user of it, used in one month (UTC).</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Month">The first day of the month.</param>
/// <param name="Subject">The user; null for the tenant as a whole.</param>
public readonly record struct UsageKey(string Tenant, DateOnly Month, string? Subject = null)
{
    private const string Format = "yyyy-MM";

    /// <summary>The account of the month that a time is in.</summary>
    public static UsageKey At(string tenant, string? subject, DateTimeOffset time) =>
        new(tenant, FirstOf(DateOnly.FromDateTime(time.UtcDateTime)), subject);

    /// <summary>The first day of a day's month.</summary>
    public static DateOnly FirstOf(DateOnly day) => new(day.Year, day.Month, 1);

    /// <summary>The grain key, <c>tenant/2026-11</c> or <c>tenant/2026-11/subject</c>.</summary>
    public override string ToString()
    {
        var month = Month.ToString(Format, CultureInfo.InvariantCulture);
        return Subject is null ? $"{Tenant}/{month}" : $"{Tenant}/{month}/{Subject}";
    }

    /// <summary>Reads a grain key.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static UsageKey Parse(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parts = key.Split('/', 3);
        return parts.Length >= 2
            && DateOnly.TryParseExact($"{parts[1]}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            ? new(parts[0], month, parts.Length == 3 ? parts[2] : null)
            : throw new FormatException($"'{key}' is no key of an account.");
    }
}
