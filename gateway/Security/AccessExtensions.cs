using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ToolRuntime.Limiting;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Security;

/// <summary>Puts together what decides who may do what.</summary>
internal static class AccessExtensions
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().Configure<IConfiguration>(Read);
        services.AddSingleton<IOptionsChangeTokenSource<AccessOptions>>(
            provider => new ConfigurationChangeTokenSource<AccessOptions>(provider.GetRequiredService<IConfiguration>()));
        services.AddOptions<CookieSecretOptions>().BindConfiguration("ToolRuntime:Data");
        services.AddSingleton<LoopbackGuard>().AddSingleton<IConfigureOptions<KestrelServerOptions>>(
            provider => provider.GetRequiredService<LoopbackGuard>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRateLimits, MemoryRateLimits>();
        services.TryAddSingleton<IUseLimits, MemoryUseLimits>();
        return services.AddSingleton<KeyUsages>().AddSingleton<KeyRing>().AddSingleton<UserTokens>().AddSingleton<Grants>().AddSingleton<CookieSecret>()
            .AddSingleton<CookieTickets>()
            .AddSingleton<Authenticator>().AddSingleton<OriginPolicy>().AddSingleton<CrossOrigin>().AddSingleton<AccessGuard>();
    }

    /// <summary>Adds the file that <see cref="AccessOptions.File"/> names, if any; its changes apply without a restart.</summary>
    /// <exception cref="StartupRefusedException">It is not there or no JSON.</exception>
    public static void AddAccessFile(this ConfigurationManager configuration)
    {
        if (configuration[$"{AccessOptions.Section}:{nameof(AccessOptions.File)}"] is not { Length: > 0 } file) return;
        try
        {
            configuration.AddJsonFile(source =>
            {
                (source.Path, source.Optional, source.ReloadOnChange) = (Path.GetFullPath(file), false, true);
                source.OnLoadException = failure => Console.Error.WriteLine($"'{file}' can't be read: {failure.Exception.Message}");
                source.ResolveFileProvider();
            });
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw new StartupRefusedException(
                $"{AccessOptions.Section}:{nameof(AccessOptions.File)}: '{file}' can't be used: {exception.Message}");
        }
    }

    /// <summary>Reads the section; what does not fit is kept as a fault, so that a change with a mistake throws nowhere.</summary>
    private static void Read(AccessOptions options, IConfiguration configuration)
    {
        try
        {
            // A misspelt name must not pass: a key whose end is not read would never end.
            configuration.GetSection(AccessOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException exception)
        {
            options.Faults.Add($"{AccessOptions.Section}: {Explain(exception)}");
        }
    }

    /// <summary>The innermost of the binder's exceptions names the setting.</summary>
    private static string Explain(InvalidOperationException exception)
    {
        const string unknown = "were not found on the instance of ";
        if (exception.InnerException is InvalidOperationException inner) return Explain(inner);
        var at = exception.Message.IndexOf(unknown, StringComparison.Ordinal);
        return at < 0 ? exception.Message : $"unknown setting {exception.Message[(exception.Message.IndexOf(':', at) + 1)..].Trim()}.";
    }
}
