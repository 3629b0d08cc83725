using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;
using ToolRuntime.Tools.Sandboxes.Daytona;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Tools.Sandboxes;

/// <summary>Registers where tools work.</summary>
internal static class SandboxServiceCollectionExtensions
{
    private const string WrongUrl = "ToolRuntime:Sandbox:Daytona:ApiUrl is no absolute http or https address.";
    private const string WrongKey = "ToolRuntime:Sandbox:Daytona:ApiKey has characters that no key has; a line's end, perhaps.";

    public static IServiceCollection AddSandbox(this IServiceCollection services, IConfiguration section, IConfiguration? environment)
    {
        services.AddOptions<SandboxOptions>().Bind(section).ValidateOnStart();
        services.AddOptions<DaytonaOptions>()
            .Configure(options =>
            {
                options.ApiKey = environment?["DAYTONA_API_KEY"];
                options.Target = environment?["DAYTONA_TARGET"];
                if (environment?["DAYTONA_API_URL"] is { Length: > 0 } url) options.ApiUrl = new(url, UriKind.RelativeOrAbsolute);
            })
            .Bind(section.GetSection("Daytona"))
            .PostConfigure(options => options.ApiKey = string.IsNullOrWhiteSpace(options.ApiKey) ? null : options.ApiKey.Trim())
            .ValidateDataAnnotations()
            .Validate(options => ProviderUrl.IsUsable(options.ApiUrl), WrongUrl)
            .Validate(options => ProviderUrl.IsUsableKey(options.ApiKey), WrongKey)
            .ValidateOnStart();
        services.AddSingleton(provider => new SecretValues(provider.GetRequiredService<IOptions<DaytonaOptions>>().Value.ApiKey is { } key ? [key] : []));
        services.AddSingleton<LocalSandbox>();
        services.AddSingleton(provider => new DaytonaHttp(
            provider.GetRequiredService<IOptions<DaytonaOptions>>(), provider.GetRequiredService<ProviderHttp>(), new ProviderCircuit(provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton<DaytonaApi>().AddSingleton<DaytonaSandboxes>().AddSingleton<DaytonaCommands>().AddSingleton<DaytonaFiles>().AddSingleton<DaytonaSandbox>();
        services.AddSingleton<IRemoteWorkspaces, DaytonaWorkspaces>();
        return services.AddSingleton<ISandbox>(provider => IsDaytona(provider) ? provider.GetRequiredService<DaytonaSandbox>() : provider.GetRequiredService<LocalSandbox>());
    }

    private static bool IsDaytona(IServiceProvider provider) => provider.GetRequiredService<IOptions<SandboxOptions>>().Value.Kind switch
    {
        SandboxKind.Local => false,
        SandboxKind.Daytona => true,
        _ => provider.GetRequiredService<IOptions<DaytonaOptions>>().Value.ApiKey is not null,
    };
}
