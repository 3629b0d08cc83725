using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Cluster.Tests;

/// <summary>How silos and gateways of a cluster start, and what they refuse.</summary>
public sealed class StartTests
{
    private const string Nowhere = "127.0.0.1:1,connectTimeout=500,connectRetry=1";

    [Theory]
    [InlineData("needs --redis")]
    [InlineData("No Redis answers at 127.0.0.1:1", "--redis", Nowhere)]
    [InlineData("--redis", "--redis", "localhost:6379,nonsense=1")]
    [InlineData("Unknown option '--rediss'. Did you mean --redis?", "--rediss", "localhost:6379")]
    [InlineData("Address 'here' is no IP address", "--redis", Nowhere, "--ToolRuntime:Cluster:Address", "here")]
    [InlineData("PrivateNetwork", "--redis", Nowhere, "--ToolRuntime:Cluster:Address", "10.1.2.3")]
    [InlineData("at which others reach", "--redis", Nowhere, "--ToolRuntime:Cluster:Address", "0.0.0.0")]
    [InlineData("both 5000", "--redis", Nowhere, "--ToolRuntime:Cluster:SiloPort", "5000", "--ToolRuntime:Cluster:GatewayPort", "5000")]
    [InlineData("SiloPort", "--redis", Nowhere, "--ToolRuntime:Cluster:SiloPort", "70000")]
    [InlineData("ToolRuntime:Cluster:SiloPort", "--redis", Nowhere, "--ToolRuntime:Cluster:SiloPort", "many")]
    [InlineData("Id must be", "--redis", Nowhere, "--ToolRuntime:Cluster:Id", "{x}")]
    [InlineData("go together", "--redis", Nowhere, "--ToolRuntime:Cluster:CertificateFile", "silo.pem")]
    [InlineData("can't be used", "--redis", Nowhere, "--ToolRuntime:Cluster:CertificateFile", "none.pem", "--ToolRuntime:Cluster:AuthorityFile", "none.pem")]
    public async Task Silo_WrongSetting_FailsInALineThatNamesIt(string said, params string[] arguments)
    {
        await using var silo = GatewayProcess.LaunchProgram("ToolRuntime.Silo", arguments);

        Assert.NotEqual(0, await silo.Exited);
        await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Listening);
        Assert.Contains(said, silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_RedisAway_FailsInALineThatNamesIt()
    {
        await using var gateway = GatewayProcess.Launch("--redis", Nowhere, "--urls", "http://127.0.0.1:0");

        Assert.NotEqual(0, await gateway.Exited);
        await Assert.ThrowsAsync<InvalidOperationException>(() => gateway.Listening);
        Assert.Contains("No Redis answers at 127.0.0.1:1", gateway.Output, StringComparison.Ordinal);
        Assert.Single(gateway.Output.Trim().Split('\n'));
    }

    [Fact]
    public async Task Silo_FixedPorts_ListensThereAndOnLoopbackOnly()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        var folder = Directory.CreateTempSubdirectory("toolruntime-cluster-");
        await using (var first = Silo())
        {
            var ports = (await first.Listening).Port;
            Assert.All(OpenPorts.Of(first.Id), port => Assert.True(System.Net.IPAddress.IsLoopback(port.Address), $"{port} is open to others."));
            await using var second = Silo("--ToolRuntime:Cluster:SiloPort", $"{ports}");
            Assert.NotEqual(0, await second.Exited);
            await Assert.ThrowsAsync<InvalidOperationException>(() => second.Listening);
            Assert.Contains($"ToolRuntime:Cluster:SiloPort: 127.0.0.1:{ports} can't be listened on", second.Output, StringComparison.Ordinal);
            Assert.Equal(0, await first.StopAsync());
            await using var third = Silo("--ToolRuntime:Cluster:SiloPort", $"{ports}");
            Assert.Equal(ports, (await third.Listening).Port);
        }

        folder.Delete(recursive: true);

        GatewayProcess Silo(params string[] settings) =>
            GatewayProcess.LaunchProgram("ToolRuntime.Silo", ["--redis", redis.Address, "--ToolRuntime:Data:Path", folder.FullName, .. settings]);
    }
}
