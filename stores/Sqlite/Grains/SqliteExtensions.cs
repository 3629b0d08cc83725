using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>Settings of an SQLite storage or reminder table.</summary>
public sealed class SqliteOptions
{
    /// <summary>The file; made when missing, with its directory. Storages and reminders of one path share it.</summary>
    [Required]
    public string Path { get; set; } = "";
}

/// <summary>Durable grain state and reminders of one process, in one file.</summary>
public static class SqliteExtensions
{
    private const string Reminders = "ToolRuntime.Stores.Sqlite.Reminders";

    public static ISiloBuilder AddSqliteGrainStorage(this ISiloBuilder builder, string name, Action<SqliteOptions> configureOptions)
    {
        AddOptions(builder, name, configureOptions);
        builder.Services.AddGrainStorage(name, static (services, name) => new SqliteGrainStorage(Open(services, name)));
        return builder;
    }

    public static ISiloBuilder UseSqliteReminderService(this ISiloBuilder builder, Action<SqliteOptions> configureOptions)
    {
        AddOptions(builder, Reminders, configureOptions);
        builder.AddReminders();
        builder.Services.AddSingleton<IReminderTable>(static services => new SqliteReminderTable(Open(services, Reminders)));
        return builder;
    }

    private static void AddOptions(ISiloBuilder builder, string name, Action<SqliteOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<SqliteOptions>(name).Configure(configureOptions).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton<StoreHealth>();
        builder.Services.TryAddSingleton<SqliteFiles>();
    }

    private static SqliteDatabase Open(IServiceProvider services, string name) =>
        services.GetRequiredService<SqliteFiles>().Open(services.GetRequiredService<IOptionsMonitor<SqliteOptions>>().Get(name).Path);
}
