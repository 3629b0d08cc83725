using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.CommandLine;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.SessionLog;
using ToolRuntime.Silo;

if (args is ["keys", .. var rest]) return KeysCommand.Run(rest, Console.Out, Console.Error);
if (Arguments.Answer(args, Console.Out, Console.Error) is { } answered) return answered;
try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.Configuration.AddAccessFile();
    builder.Logging.AddConciseConsole(builder.Configuration);
    if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
    {
        builder.WebHost.UseUrls("http://localhost:8080");
    }

    builder.AddToolRuntimeSilo(builder.Configuration.GetSection("ToolRuntime"));
    builder.Services.AddGateway().AddHostedService<StopSignals>();
    builder.AddOtlpExport();
    await using var app = builder.Build();
    app.MapGateway();
    UnreadSettings.Warn(app.Configuration, app.Logger);
    app.Services.GetRequiredService<LoopbackGuard>().Check(app.Configuration["urls"]);
    FreeAddresses.Check(app.Configuration["urls"]);
    // Before the host starts: it would log the refusal with its whole stack.
    _ = app.Services.GetRequiredService<ISessionLog>();
    await app.RunAsync();
    return 0;
}
catch (Exception refusal) when (refusal is StartupRefusedException or SessionLogUnavailableException or OptionsValidationException or InvalidDataException)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return 1;
}
catch (InvalidOperationException mistake) when (mistake.Source == "Microsoft.Extensions.Configuration.Binder")
{
    await Console.Error.WriteLineAsync(mistake.Message);
    return 1;
}
catch (IOException taken) when (taken.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{taken.Message} Choose another address with --urls.");
    return 1;
}
