using System.Globalization;
using System.Text.Json;

namespace ToolRuntime.Gateway.Http;

/// <summary>A curve on the wire: <c>{name, unit?, runs: [{at, values: [..]}]}</c>.</summary>
internal static class HistorySeries
{
    /// <summary>Writes what several processes tell as one curve.</summary>
    /// <param name="writer">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="unit">Of its values; empty for what is counted.</param>
    /// <param name="processes">The values of each, not a number where it knows none.</param>
    /// <param name="worst">Whether the worst of them is told, and not the sum.</param>
    public static void Write(Utf8JsonWriter writer, string name, string unit, float[][] processes, bool worst = false)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        if (unit.Length > 0) writer.WriteString("unit", unit);
        WriteRuns(writer, processes, worst);
        writer.WriteEndObject();
    }

    /// <summary>Several processes' values as one.</summary>
    public static float? Merge(float[][] processes, int step, bool worst)
    {
        float? merged = null;
        foreach (var values in processes)
        {
            if (float.IsFinite(values[step])) merged = merged is not { } known ? values[step] : worst ? Math.Max(known, values[step]) : known + values[step];
        }

        return merged;
    }

    /// <summary>Steps that follow each other and have values, by the number of the first.</summary>
    private static void WriteRuns(Utf8JsonWriter writer, float[][] processes, bool worst)
    {
        writer.WriteStartArray("runs");
        var (open, steps) = (false, processes.Length == 0 ? 0 : processes[0].Length);
        for (var step = 0; step <= steps; step++)
        {
            var value = step == steps ? null : Merge(processes, step, worst);
            if (open && value is null)
            {
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            else if (!open && value is not null)
            {
                writer.WriteStartObject();
                writer.WriteNumber("at", step);
                writer.WriteStartArray("values");
            }

            open = value is not null;
            if (value is { } known) writer.WriteRawValue(known.ToString("G5", CultureInfo.InvariantCulture));
        }

        writer.WriteEndArray();
    }
}
