using System.Globalization;
using System.Text.RegularExpressions;

namespace ToolRuntime.Gateway.Tests.Telemetry;

/// <summary>Reads Prometheus' text format 0.0.4 by its grammar and refuses whatever a scraper could stumble over.</summary>
internal sealed partial class Exposition
{
    private readonly Dictionary<string, string> kinds = [];
    private readonly HashSet<string> helped = [];
    private readonly Dictionary<(string Name, string Labels), double> samples = [];

    public IReadOnlyDictionary<string, string> Kinds => kinds;

    public IReadOnlyDictionary<(string Name, string Labels), double> Samples => samples;

    public static Exposition Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        var read = new Exposition();
        string? family = null;
        foreach (var line in text[..^1].Split('\n')) family = read.Take(line, family);
        read.CheckHistograms();
        return read;
    }

    /// <summary>The sample with these labels, in the order of their names.</summary>
    public double Value(string name, string labels = "") => samples.TryGetValue((name, labels), out var value) ? value : throw new KeyNotFoundException($"{name}{{{labels}}}");

    private string? Take(string line, string? family)
    {
        if (HelpLine().Match(line) is { Success: true } help)
        {
            var about = help.Groups["name"].Value;
            Assert.True(helped.Add(about), $"{about} is explained twice.");
            Assert.DoesNotContain(samples.Keys, sample => sample.Name == about);
            return family;
        }

        if (TypeLine().Match(line) is { Success: true } type)
        {
            family = type.Groups["name"].Value;
            Assert.True(kinds.TryAdd(family, type.Groups["kind"].Value), $"{family} comes twice.");
            return family;
        }

        var sample = SampleLine().Match(line);
        Assert.True(sample.Success, $"No line of the format: {line}");
        var name = sample.Groups["name"].Value;
        Assert.True(family is not null && Belongs(name, family, kinds[family]), $"{name} stands among {family}.");
        var labels = sample.Groups["label"].Captures.Select(label => label.Value).ToList();
        Assert.Equal(labels.Count, labels.Distinct().Count());
        Assert.True(samples.TryAdd((name, sample.Groups["labels"].Value), Number(sample.Groups["value"].Value)), $"Twice: {line}");
        return family;
    }

    private static bool Belongs(string name, string family, string kind) =>
        kind == "histogram" ? name == family + "_bucket" || name == family + "_sum" || name == family + "_count" : name == family;

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private void CheckHistograms()
    {
        foreach (var family in kinds.Where(kind => kind.Value == "histogram").Select(kind => kind.Key))
        {
            var series = samples.Where(sample => sample.Key.Name == family + "_bucket").GroupBy(sample => Boundary().Replace(sample.Key.Labels, ""));
            foreach (var buckets in series)
            {
                var counts = buckets.OrderBy(bucket => Number(Boundary().Match(bucket.Key.Labels).Groups["le"].Value)).Select(bucket => bucket.Value).ToList();
                Assert.Equal(counts.Order(), counts);
                Assert.Equal(counts[^1], Value(family + "_count", buckets.Key));
                Assert.Contains(buckets, bucket => bucket.Key.Labels.EndsWith("le=\"+Inf\"", StringComparison.Ordinal));
                Assert.True(samples.ContainsKey((family + "_sum", buckets.Key)));
            }
        }
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\\n]|\\\\|\\n)*$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<kind>counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>(?:(?<label>[a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*(?<!,))\})? (?<value>[+-]Inf|NaN|-?[0-9.]+(?:E[+-][0-9]+)?)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex(",?le=\"(?<le>[^\"]*)\"$")]
    private static partial Regex Boundary();
}
