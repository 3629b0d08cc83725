using BenchmarkDotNet.Attributes;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Limiting;

namespace ToolRuntime.Benchmarks;

/// <summary>What keys and limits add: to a request, whose token is checked, and to a command of a connection.</summary>
public class AccessBenchmarks
{
    private string token = "";
    private KeyTable table = null!;
    private Identity identity = null!;

    [GlobalSetup]
    public void Configure()
    {
        token = KeyToken.New("ann1");
        var options = new AccessOptions { Limits = { CommandsPerSecond = 1_000_000, CommandBurst = 10_000_000 } };
        for (var i = 0; i < 1_000; i++) options.Keys.Add(new() { Id = $"key{i}", Tenant = "acme", Subject = "bob", Hash = KeyToken.Describe(KeyToken.New($"key{i}")) });
        options.Keys.Add(new() { Id = "ann1", Tenant = "acme", Subject = "ann", Hash = KeyToken.Describe(token) });
        (table, _) = KeyTable.Build(options, new(new MemoryRateLimits(), new MemoryUseLimits()), TimeProvider.System);
        identity = table.Find("ann1")!.Identity;
    }

    /// <summary>A token among 1,001 keys.</summary>
    [Benchmark]
    public object? Authenticate() => table.Authenticate(token);

    /// <summary>Its rate and its scopes.</summary>
    [Benchmark]
    public async Task<object?> Command() => await identity.Usage.TakeCommandAsync(identity.Limits) ?? CommandScopes.Refuse(identity, "ping");
}
