using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>Silos and gateways that show each other certificates.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-tls-");
    private readonly Authority authority = new("first");

    private string[] Settings => ["--ToolRuntime:Cluster:CertificateFile", Path("own.pem"), "--ToolRuntime:Cluster:AuthorityFile", Path("authority.pem")];

    public void Dispose()
    {
        authority.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Cluster_WithCertificates_LetsInNobodyWithoutOne()
    {
        Write(authority);
        await using var cluster = await TestCluster.StartAsync(Settings);
        await RunAsync(cluster, 0, "secured");

        await using var stranger = GatewayProcess.Launch("--urls", "http://127.0.0.1:0", "--redis", cluster.Redis.Address, "--ToolRuntime:Data:Path", folder.FullName);
        await Limits.UntilAsync(() => stranger.Output.Contains("No silo of the cluster can be reached yet", StringComparison.Ordinal), () => $"the stranger is let in nowhere: {stranger.Output}");
        using var other = new Authority("other");
        File.WriteAllText(Path("other.pem"), other.Issue());
        await using var forged = GatewayProcess.Launch(
            "--urls", "http://127.0.0.1:0", "--redis", cluster.Redis.Address, "--ToolRuntime:Data:Path", folder.FullName,
            "--ToolRuntime:Cluster:CertificateFile", Path("other.pem"), "--ToolRuntime:Cluster:AuthorityFile", Path("authority.pem"));
        await Limits.UntilAsync(() => forged.Output.Contains("No silo of the cluster can be reached yet", StringComparison.Ordinal), () => $"the forger is let in nowhere: {forged.Output}");

        await RunAsync(cluster, 1, "secured");
    }

    [Fact]
    public async Task Certificates_ReplacedByThoseOfAnotherAuthority_CountWithoutARestart()
    {
        Write(authority);
        await using var cluster = await TestCluster.StartAsync(Settings);
        using var next = new Authority("next");
        // As it is done: first all trust both, then the new certificate is shown, then the old authority goes.
        File.WriteAllText(Path("authority.pem"), $"{authority.Pem}\n{next.Pem}\n");
        File.WriteAllText(Path("own.pem"), next.Issue());
        File.WriteAllText(Path("authority.pem"), next.Pem);

        await cluster.StartGatewayAsync();
        await RunAsync(cluster, 2, "replaced");
        await cluster.StartSiloAsync();
        await RunAsync(cluster, 0, "replaced-too");
    }

    private static async Task RunAsync(TestCluster cluster, int gateway, string session)
    {
        await using var client = await cluster.ConnectAsync(gateway);
        var record = await client.OpenAsync(session);
        var head = record.Cursor;
        await client.SendAsync(Command.RunTools(session, new ToolUse("computer", [])));
        await record.IdleAsync(head + 1);
        Assert.Contains(record.Events, e => e.Type == "batch.completed" && e.Seq > head);
    }

    private void Write(Authority from)
    {
        File.WriteAllText(Path("authority.pem"), from.Pem);
        File.WriteAllText(Path("own.pem"), from.Issue());
    }

    private string Path(string name) => System.IO.Path.Combine(folder.FullName, name);
}
