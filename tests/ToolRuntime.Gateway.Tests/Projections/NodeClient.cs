using System.Diagnostics;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Projections;

/// <summary>Scripts of tests/openai: npm's <c>openai</c>, unmodified, as <c>npm ci</c> there puts it. Each prints one JSON value.</summary>
internal static class NodeClient
{
    private static readonly string Folder = Path.Combine(Root(), "tests", "openai");

    public static async Task<JsonElement> RunAsync(StockWorld world, string script, string? key = null)
    {
        var start = new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["OPENAI_BASE_URL"] = world.BaseAddress.ToString(), ["OPENAI_API_KEY"] = key ?? StockWorld.Key.Token },
        };
        using var node = Process.Start(start)!;
        using var patience = new CancellationTokenSource(World.Patience * 3);
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(patience.Token), node.StandardError.ReadToEndAsync(patience.Token));
        await using var killed = patience.Token.Register(() => node.Kill());
        await node.WaitForExitAsync(CancellationToken.None);
        Assert.True(node.ExitCode == 0, await errors);
        return JsonElement.Parse(await output);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.ToolRuntime.sln"))) folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        return folder.FullName;
    }
}
