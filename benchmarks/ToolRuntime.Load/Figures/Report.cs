using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ToolRuntime.Load.Figures;

/// <summary>All figures of a run, as a table for people and as JSON for programs.</summary>
internal sealed class Report(MachineFacts machine)
{
    private static readonly JsonSerializerOptions Style = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Figure> figures = [];

    public MachineFacts Machine => machine;

    public void Add(Figure figure)
    {
        figures.Add(figure);
        Console.WriteLine("  " + string.Join("  ", Cells(figure).Skip(1).Where(cell => cell.Length > 0)));
    }

    /// <summary>A Markdown table.</summary>
    public string Table()
    {
        List<string[]> rows = [["scenario", "figure", "n", "p50", "p99", "max", "value", "unit", "target", "ok"], .. figures.Select(Cells)];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var table = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
        {
            table.Append("| ").AppendJoin(" | ", rows[i].Select((cell, column) => cell.PadRight(widths[column]))).AppendLine(" |");
            if (i == 0) table.Append('|').AppendJoin('|', widths.Select(width => new string('-', width + 2))).AppendLine("|");
        }

        return table.ToString();
    }

    public string Json() => JsonSerializer.Serialize(new { machine, figures }, Style) + "\n";

    private static string[] Cells(Figure figure) =>
    [
        figure.Scenario, figure.Name, figure.Count?.ToString(CultureInfo.InvariantCulture) ?? "", Number(figure.P50), Number(figure.P99), Number(figure.Max),
        Number(figure.Value), figure.Unit, figure.Target ?? "", figure.Ok switch { true => "yes", false => "NO", null => "" },
    ];

    private static string Number(double? number) => number switch
    {
        null => "",
        >= 1_000 => number.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 100 => number.Value.ToString("F0", CultureInfo.InvariantCulture),
        _ => number.Value.ToString("F2", CultureInfo.InvariantCulture),
    };
}
