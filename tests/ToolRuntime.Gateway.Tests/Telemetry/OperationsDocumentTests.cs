using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using ToolRuntime.Gateway.Tests.Http;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace ToolRuntime.Gateway.Tests.Telemetry;

/// <summary>What <c>docs/operations.md</c> and <c>deploy/</c> say of metrics, log lines and alerts, against the code.</summary>
public sealed partial class OperationsDocumentTests(OperationsDocumentTests.Server server) : IClassFixture<OperationsDocumentTests.Server>
{
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly string[] NotOurs = ["up"];

    [Fact]
    public void Metrics_OfThisSystem_AreThoseOfTheTable() => Assert.Equal(
        server.Exported.Where(metric => metric.Key.StartsWith("toolruntime_", StringComparison.Ordinal)).Select(metric => $"{metric.Key} {metric.Value}").Order(StringComparer.Ordinal),
        MarkdownTable.Rows("metric").Select(row => $"{row[0]} {row[1]}").Order(StringComparer.Ordinal));

    [Fact]
    public void LogLines_OfThisSystem_AreThoseOfTheTable()
    {
        var written = LogLines().Select(line => $"{line.EventId} {line.Of} {line.Level} {line.Text}").Order(StringComparer.Ordinal).ToList();

        Assert.True(written.Count > 50);
        Assert.Equal(written, MarkdownTable.Rows("id").Select(row => $"{row[0]} {row[1]} {row[2]} {row[3]}").Order(StringComparer.Ordinal));
        Assert.All(MarkdownTable.Rows("id"), row => Assert.NotEmpty(row[4]));
    }

    [Fact]
    public void LogLines_Ids_AreUniqueInTheirClass() => Assert.Equal([], LogLines().GroupBy(line => (line.Of, line.EventId)).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void Alerts_OfPrometheus_AreThoseOfTheTable() => Assert.Equal(
        Rules().Select(rule => $"{rule.Alert}` ({rule.Labels["severity"]}) {rule.For}"), MarkdownTable.Rows("alert").Select(row => $"{row[0]} {row[1]}"));

    [Fact]
    public void Alerts_AskFor_WhatAServerExports() => Assert.All(Rules(), rule => Assert.Equal([], Unknown(rule.Expr)));

    [Fact]
    public void Dashboard_AsksFor_WhatAServerExports()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "dashboard.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        var asked = panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!).ToList();

        Assert.All(asked, expression => Assert.Equal([], Unknown(expression)));
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        // Nothing of ours is measured that nobody sees.
        Assert.Equal([], server.Exported.Keys.Where(name => name.StartsWith("toolruntime_", StringComparison.Ordinal) && !asked.Any(expression => expression.Contains(name, StringComparison.Ordinal))));
    }

    private IEnumerable<string> Unknown(string expression)
    {
        var names = MetricName().Matches(Texts().Replace(expression, "")).Select(match => match.Value).ToList();
        Assert.NotEmpty(names);
        return names.Where(name => !server.Exported.ContainsKey(name) && !server.Exported.ContainsKey(Suffix().Replace(name, "")) && !NotOurs.Contains(name));
    }

    private static List<Rule> Rules()
    {
        // Strict: a field that it does not know, or that comes twice, is an error.
        var yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).WithDuplicateKeyChecking().Build();
        return yaml.Deserialize<RuleFile>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "alerts.yml"))).Groups.SelectMany(group => group.Rules).ToList();
    }

    private static IEnumerable<Type> Types() => Directory.EnumerateFiles(AppContext.BaseDirectory, "ToolRuntime.*.dll")
        .Where(file => !Path.GetFileName(file).Contains("Tests", StringComparison.Ordinal)).SelectMany(file => Assembly.LoadFrom(file).GetTypes());

    /// <summary>What several assemblies share counts once.</summary>
    private static IEnumerable<(int EventId, string Of, string Level, string Text)> LogLines() => AllLogLines().Distinct();

    private static IEnumerable<(int EventId, string Of, string Level, string Text)> AllLogLines() =>
        from type in Types()
        from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let line = method.GetCustomAttribute<LoggerMessageAttribute>()
        where line is not null
        select (line.EventId, type.Name.Split('`')[0], line.Level.ToString().ToLowerInvariant(), line.Message);

    [GeneratedRegex("(?:toolruntime|dotnet|http|orleans)_[a-z0-9_]+|\\bup\\b")]
    private static partial Regex MetricName();

    /// <summary>What is in quotes, and the labels that things are grouped by.</summary>
    [GeneratedRegex("\"[^\"]*\"|\\bby \\([^)]*\\)|http_response_status_code")]
    private static partial Regex Texts();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();

    /// <summary>A server on which every counter has counted something, if only nothing.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public IReadOnlyDictionary<string, string> Exported { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            using var listener = new MeterListener { InstrumentPublished = (instrument, _) => Count(instrument) };
            await using var world = await RealWorld.StartAsync();
            using var http = world.Http();
            using var request = HttpCaller.Post("/v1/tools/execute", """{"tool":"shell","arguments":{"command":"true"}}""");
            (await http.SendAsync(request)).EnsureSuccessStatusCode();
            // Some instruments are there only once something has gone wrong.
            foreach (var type in Types().Where(type => !type.ContainsGenericParameters && type.GetFields(Static).Any(field => field.FieldType.IsAssignableTo(typeof(Instrument)))))
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            }

            listener.Start();
            await WireAssert.EventuallyAsync(async () =>
            {
                Exported = Exposition.Parse(await http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Kinds;
                // What is said of the call becomes searchable a moment after it.
                return Exported.ContainsKey("toolruntime_tool_duration_seconds") && Exported.ContainsKey("toolruntime_search_write_duration_seconds");
            });
        }

        public Task DisposeAsync() => Task.CompletedTask;

        private static void Count(Instrument instrument)
        {
            if (instrument.Meter.Name is "ToolRuntime" or "System.Runtime" && instrument is Counter<long> counter) counter.Add(0);
            if (instrument.Meter.Name == "ToolRuntime" && instrument is Counter<double> measured) measured.Add(0);
            // What nothing was measured of yet is not exported.
            if (instrument.Meter.Name == "ToolRuntime" && instrument is Histogram<double> histogram) histogram.Record(0);
        }
    }

    public sealed class RuleFile
    {
        public List<RuleGroup> Groups { get; set; } = [];
    }

    public sealed class RuleGroup
    {
        public string Name { get; set; } = "";

        public List<Rule> Rules { get; set; } = [];
    }

    public sealed class Rule
    {
        public string Alert { get; set; } = "";

        public string Expr { get; set; } = "";

        public string For { get; set; } = "";

        public Dictionary<string, string> Labels { get; set; } = [];

        public Dictionary<string, string> Annotations { get; set; } = [];
    }
}
