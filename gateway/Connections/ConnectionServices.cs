using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;

namespace ToolRuntime.Gateway.Connections;

/// <summary>What all connections share.</summary>
internal sealed record ConnectionServices(ConnectionOptions Options, SessionFeeds Feeds, CommandDispatcher Dispatcher, Grants Grants, TimeProvider Time, ILogger<Connection> Logger);
