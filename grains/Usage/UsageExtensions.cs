using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Usage;

/// <summary>Registers what counts usage and keeps quotas.</summary>
public static class UsageExtensions
{
    /// <summary>
    /// Adds counting of what tools use, and quotas (sections <c>Usage</c> and <c>Quotas</c>), to a silo that has runners and the grain
    /// storage <see cref="GrainStates.Storage"/>.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="settings">The section <c>ToolRuntime</c>.</param>
    public static IServiceCollection AddUsage(this IServiceCollection services, IConfiguration settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddOptions<UsageOptions>().Bind(settings.GetSection("Usage")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<QuotaOptions>().Bind(settings.GetSection("Quotas")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<QuotaOptions>, Amounts>();
        return services.AddSingleton<QuotaBook>().AddSingleton<UsageLedger>();
    }

    private sealed class Amounts : IValidateOptions<QuotaOptions>
    {
        public ValidateOptionsResult Validate(string? name, QuotaOptions options) =>
            options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
    }
}
