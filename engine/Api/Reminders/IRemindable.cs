namespace Orleans;

/// <summary>A grain that has reminders.</summary>
public interface IRemindable : IGrain
{
    /// <summary>A reminder ticks. At least once per due time; a tick that was due while no silo ran comes soon after one does.</summary>
    Task ReceiveReminder(string reminderName, TickStatus status);
}
