using System.Globalization;
using System.Text.Json;

namespace ToolRuntime.Schemas;

/// <summary>A JSON number: exact where a decimal can hold it, else the nearest double.</summary>
internal readonly record struct JsonNumber(decimal? Exact, double Nearest) : IComparable<JsonNumber>
{
    public bool IsInteger => Exact is { } exact ? exact == decimal.Truncate(exact) : Nearest == Math.Truncate(Nearest);

    public static JsonNumber Of(JsonElement value) => new(ExactOf(value), value.GetDouble());

    public int CompareTo(JsonNumber other) =>
        Exact is { } mine && other.Exact is { } theirs ? mine.CompareTo(theirs) : Nearest.CompareTo(other.Nearest);

    public bool IsMultipleOf(JsonNumber divisor) =>
        Exact is { } mine && divisor.Exact is { } exact && exact != 0 ? mine % exact == 0 : Math.IEEERemainder(Nearest, divisor.Nearest) == 0;

    public override string ToString() =>
        Exact?.ToString(CultureInfo.InvariantCulture) ?? Nearest.ToString("R", CultureInfo.InvariantCulture);

    // A decimal silently rounds what has too many digits; the double is then as good.
    private static decimal? ExactOf(JsonElement value) =>
        value.TryGetDecimal(out var exact) && (exact != 0 || value.GetDouble() == 0) ? exact : null;
}
