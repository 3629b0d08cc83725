using Microsoft.Extensions.Logging;

namespace ToolRuntime.Models.Providers;

internal sealed partial class ProviderHttp
{
    [LoggerMessage(1301, LogLevel.Information, "The model's provider answered {Status}; asking again in {Wait} (attempt {Attempt}).")]
    private partial void LogWaiting(int status, TimeSpan wait, int attempt);

    [LoggerMessage(1302, LogLevel.Warning, "The model {Model} is not offered the tool {Tool}: {Why}.")]
    private partial void LogLeftOut(string model, string tool, string why);
}
