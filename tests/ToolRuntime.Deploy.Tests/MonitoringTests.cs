using k8s.Models;
using ToolRuntime.Deploy.Tests.Support;

namespace ToolRuntime.Deploy.Tests;

/// <summary>
/// What is asked of the metrics, against the metrics that there are. Alerts and dashboard are compared with a real server by <c>OperationsDocumentTests</c>.
/// </summary>
public sealed class MonitoringTests
{
    /// <summary>The table of metrics, which a test of the gateway compares with a real server.</summary>
    private static readonly HashSet<string> Metrics =
    [
        .. File.ReadLines(Repository.Path("docs", "operations.md")).Where(line => line.StartsWith("| `toolruntime_", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]),
    ];

    [Fact]
    public void Adapter_OffersWhatTheAutoscalersAskFor()
    {
        var rules = StrictYaml.Read<AdapterFile>(Repository.Deploy("prometheus", "adapter.yml")).Rules;
        var scalers = Manifests.All.OfType<V2HorizontalPodAutoscaler>().ToList();
        var asked = scalers.SelectMany(scaler => scaler.Spec.Metrics).Where(metric => metric.Type == "Pods").Select(metric => metric.Pods.Metric.Name);

        Assert.Equal(asked.Order(StringComparer.Ordinal), rules.Select(rule => rule.Name.As).Order(StringComparer.Ordinal));
        Assert.All(rules, rule =>
        {
            Assert.Contains(rule.SeriesQuery.Split('{')[0], Metrics);
            Assert.Equal(["namespace", "pod"], rule.Resources.Overrides.Keys.Order(StringComparer.Ordinal));
            Assert.All(rule.Resources.Overrides, one => Assert.Equal(one.Key, one.Value.Resource));
        });
    }

    [Fact]
    public void Autoscaler_OfSilos_ComesBeforeTheyAreFull()
    {
        var running = Manifests.One<V2HorizontalPodAutoscaler>("silo").Spec.Metrics.Single(metric => metric.Pods?.Metric.Name == "toolruntime_tool_running");

        Assert.InRange(int.Parse(running.Pods.Target.AverageValue.ToString(), null), 1, Programs.Runners.MaxProcesses - 1);
        Assert.True(Manifests.One<V2HorizontalPodAutoscaler>("silo").Spec.MinReplicas >= 2);
    }

    [Fact]
    public void Prometheus_ScrapesEveryProgramOfTheComposeFile()
    {
        var prometheus = StrictYaml.Read<PrometheusFile>(Repository.Deploy("prometheus", "prometheus.yml"));
        var compose = ComposeFile.Read();
        var expected = compose.Ours().Select(one => $"{one.Name}:{Containerfile.Read().Stage(one.Program).Words("EXPOSE")[^1]}");

        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            prometheus.Jobs.SelectMany(job => job.Static).SelectMany(some => some.Targets).Order(StringComparer.Ordinal));
        // The alerts are about the job "toolruntime".
        Assert.All(prometheus.Jobs, job => Assert.True(
            job.Name == "toolruntime" || job.Relabel.Any(rule => rule["target_label"] == "job" && rule["replacement"] == "toolruntime")));
        var volumes = compose.Services["prometheus"].Volumes;
        Assert.All(prometheus.RuleFiles, file => Assert.Contains($"./prometheus/{Path.GetFileName(file)}:{file}:ro", volumes));
        Assert.Contains(prometheus.Jobs, job => job.Authorization.TryGetValue("credentials_file", out var file) && file == "/run/secrets/metrics-key");
    }
}
