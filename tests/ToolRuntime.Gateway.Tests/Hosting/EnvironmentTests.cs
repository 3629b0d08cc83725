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

    [Theory]
    [InlineData(null, null, 55)]
    [InlineData("120", null, 145)]
    [InlineData("10", null, 35)]
    [InlineData("10", "300", 300)]
    public void AddToolRuntimeSilo_Grace_IsBelowTheHostsTimeToStop(string? grace, string? timeout, int expected)
    {
        var host = Host.CreateEmptyApplicationBuilder(new());
        if (grace is not null) host.Configuration["ToolRuntime:Runners:GraceSeconds"] = grace;
        if (timeout is not null) host.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(int.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture)));

        host.AddToolRuntimeSilo(host.Configuration.GetSection("ToolRuntime"));
        using var services = host.Services.BuildServiceProvider();

        Assert.Equal(TimeSpan.FromSeconds(expected), services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }
}
