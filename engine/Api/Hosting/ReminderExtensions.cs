using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ToolRuntime.Engine.Cluster;
using ToolRuntime.Engine.Reminders;

namespace Orleans.Hosting;

public static class SiloBuilderReminderExtensions
{
    /// <summary>Adds reminders without a table to keep them in.</summary>
    public static ISiloBuilder AddReminders(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddReminders();
        return builder;
    }

    public static void AddReminders(this IServiceCollection services)
    {
        services.TryAddSingleton<ReminderSchedule>();
        services.TryAddSingleton<ReminderRegistry>();
    }
}

public static class SiloBuilderReminderMemoryExtensions
{
    /// <summary>Reminders in memory, shared by the silos of the cluster and gone with it.</summary>
    public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder)
    {
        builder.AddReminders();
        builder.Services.AddSingleton<IReminderTable>(static services => services.GetRequiredService<ProcessCluster>().Keep<MemoryReminderTable>("reminders"));
        return builder;
    }
}
