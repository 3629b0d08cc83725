using System.Diagnostics.Metrics;

namespace ToolRuntime.Gateway.Metrics;

/// <summary>Names as Prometheus wants them: <c>http.server.request.duration</c> in <c>s</c> is <c>http_server_request_duration_seconds</c>.</summary>
internal static class MetricNames
{
    /// <summary>An instrument's name with its unit, and <c>_total</c> where it counts.</summary>
    public static string Of(Instrument instrument, bool counts)
    {
        var name = Clean(instrument.Name, colons: true);
        var unit = UnitOf(instrument.Unit);
        if (counts && name.EndsWith("_total", StringComparison.Ordinal)) name = name[..^"_total".Length];
        if (unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        return counts ? name + "_total" : name;
    }

    /// <summary>A label's name.</summary>
    public static string Label(string name) => Clean(name, colons: false);

    private static string UnitOf(string? unit) => unit switch
    {
        "s" => "_seconds",
        "ms" => "_milliseconds",
        "By" => "_bytes",
        "%" => "_percent",
        _ => "",
    };

    private static string Clean(string name, bool colons)
    {
        var clean = string.Create(name.Length, (name, colons), static (into, from) =>
        {
            for (var i = 0; i < into.Length; i++) into[i] = char.IsAsciiLetterOrDigit(from.name[i]) || (from.colons && from.name[i] == ':') ? from.name[i] : '_';
        });
        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }
}
