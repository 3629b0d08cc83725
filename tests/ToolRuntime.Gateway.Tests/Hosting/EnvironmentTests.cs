using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners;
using ToolRuntime.Silo;

namespace ToolRuntime.Gateway.Tests.Hosting;

/// <summary>Settings that are known by a name of their own in the environment.</summary>
public sealed class EnvironmentTests
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("false", null, false)]
    [InlineData("true", null, true)]
    [InlineData("false", "true", true)]
    public void AddToolRuntimeSilo_WebSocketProgressEnabled_ReachesTheRunners(string? variable, string? setting, bool expected)
    {
        var host = Host.CreateEmptyApplicationBuilder(new());
        foreach (var (name, value) in (KeyValuePair<string, string?>[])[new("WEBSOCKET_PROGRESS_ENABLED", variable), new("ToolRuntime:Runners:WaitingEnabled", setting)])
        {
            if (value is not null) host.Configuration[name] = value;
        }

        host.AddToolRuntimeSilo(host.Configuration.GetSection("ToolRuntime"));
        using var services = host.Services.BuildServiceProvider();

        Assert.Equal(expected, services.GetRequiredService<IOptions<RunnerOptions>>().Value.WaitingEnabled);
    }
}
