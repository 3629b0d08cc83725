using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Tests.Fakes;
using ToolRuntime.Silo;
using ToolRuntime.Silo.Telemetry;

namespace ToolRuntime.Gateway.Tests;

/// <summary>The whole server as <c>dotnet run</c> makes it, in this process: real grains, log, tools and models, on a data folder of its own.</summary>
internal sealed class RealWorld : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string folder;
    private readonly bool keep;

    private RealWorld(WebApplication app, string folder, bool keep) => (this.app, this.folder, this.keep) = (app, folder, keep);

    public Uri Address => new(app.Urls.First());

    public Uri WebSocketAddress => new UriBuilder(Address) { Scheme = "ws", Path = "/v1/ws" }.Uri;

    public IServiceProvider Services => app.Services;

    public required ErrorLog Errors { get; init; }

    /// <summary>What was logged.</summary>
    public required LineLog Lines { get; init; }

    /// <summary>
    /// Starts a server; <paramref name="settings"/> are names below <c>ToolRuntime:</c>, or whole ones behind a <c>/</c>, and values. A folder that is given stays.
    /// </summary>
    public static Task<RealWorld> StartAsync(string? data = null, TimeProvider? clock = null, params (string Name, object Value)[] settings) => StartAsync(_ => { }, data, clock, settings);

    /// <summary>The same with services of the test's.</summary>
    public static async Task<RealWorld> StartAsync(Action<IServiceCollection> configure, string? data = null, TimeProvider? clock = null, params (string Name, object Value)[] settings)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("real-world-").FullName;
        var web = WebApplication.CreateSlimBuilder();
        var errors = new ErrorLog();
        var lines = new LineLog();
        web.Logging.ClearProviders().AddProvider(errors).AddProvider(lines);
        web.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var all = settings.Append((Name: "Data:Path", Value: folder)).UnionBy<(string Name, object Value), string>([("Runners:GraceSeconds", 0)], setting => setting.Name).Select(setting => new KeyValuePair<string, string?>(Whole(setting.Name), setting.Value.ToString()));
        web.Configuration.AddInMemoryCollection(all);
        if (clock is not null) web.Services.AddSingleton(clock);
        web.AddToolRuntimeSilo(web.Configuration.GetSection("ToolRuntime"));
        web.Services.AddGateway();
        configure(web.Services);
        web.AddOtlpExport();
        var app = web.Build();
        app.MapGateway();
        await app.StartAsync();
        return new(app, folder, data is not null) { Errors = errors, Lines = lines };
    }

    public HttpClient Http() => new() { BaseAddress = Address, Timeout = World.Patience };

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(); // a silo that is disposed of while it works logs errors
        await app.DisposeAsync();
        if (!keep) Directory.Delete(folder, recursive: true);
        Errors.AssertNoneUnseen();
    }

    private static string Whole(string name) => name.StartsWith('/') ? name[1..] : $"ToolRuntime:{name}";
}
