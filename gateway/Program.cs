using Microsoft.AspNetCore.Connections;
using ToolRuntime.CommandLine;
using ToolRuntime.Gateway.Clustering;
using ToolRuntime.Gateway.CommandLine;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Security;
using ToolRuntime.SessionLog;
using ToolRuntime.Silo;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Silo.Hosting;
using ToolRuntime.Silo.Telemetry;

if (args is ["keys", .. var rest]) return KeysCommand.Run(rest, Console.Out, Console.Error);
if (args is ["search", .. var search]) return SearchCommand.Run(search, Console.Out, Console.Error);
if (Arguments.Answer(args, Console.Out, Console.Error) is { } answered) return answered;
try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.Configuration.AddAccessFile();
    builder.Logging.AddConciseConsole(builder.Configuration);
    if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"])
        && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
    {
        builder.WebHost.UseUrls("http://localhost:8080");
    }

    await using var cluster = await ClusterConnection.OpenAsync(builder.Configuration);
    var settings = builder.Configuration.GetSection(KnownSettings.Root);
    if (cluster is null) builder.AddToolRuntimeSilo(settings);
    else await builder.AddToolRuntimeClient(settings, cluster).Services.AddClusterGatewayAsync(cluster);
    builder.Services.AddGateway().AddHostedService<StopSignals>();
    builder.AddOtlpExport();
    using var survives = FileSizeSignal.Survive();
    await using var app = builder.Build();
    app.MapGateway();
    UnreadSettings.Warn(app.Configuration, Settings.Known, app.Logger);
    app.Services.GetRequiredService<LoopbackGuard>().Check(app.Configuration["urls"]);
    FreeAddresses.Check(app.Configuration["urls"]);
    EndpointCertificates.Check(app.Configuration.GetSection("Kestrel"), app.Environment.ContentRootPath);
    // Before the host starts: it would log the refusal with its whole stack.
    _ = app.Services.GetRequiredService<ISessionLog>();
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (Refusals.Explain(exception) is { } reason)
{
    await Console.Error.WriteLineAsync(reason);
    return 1;
}
catch (OperationCanceledException)
{
    return 0; // It was stopped before it had started.
}
catch (IOException taken) when (taken.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{taken.Message} Choose another address with --urls.");
    return 1;
}
