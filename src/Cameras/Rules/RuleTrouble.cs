namespace FaceGrid.Cameras.Rules;

/// <summary>What goes wrong while a rule works, for its status. It is in memory until the row has it.</summary>
/// <param name="time">Clock.</param>
internal sealed class RuleTrouble(TimeProvider time)
{
    /// <summary>Since when the delivery under way fails; null when it does not.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>The newest failure that the row does not have yet, or null.</summary>
    public (string Text, DateTimeOffset At)? Last { get; private set; }

    /// <summary>Notes a failure that is not an attempt to deliver.</summary>
    /// <param name="text">A sentence without names and secrets.</param>
    public void Note(string text) => Last = (text, time.GetUtcNow());

    /// <summary>Notes an attempt to deliver that failed.</summary>
    /// <param name="text">A sentence without names and secrets.</param>
    public void NoteAttempt(string text)
    {
        Note(text);
        FailingSince ??= time.GetUtcNow();
    }

    /// <summary>The delivery is not tried any more.</summary>
    public void EndAttempts() => FailingSince = null;

    /// <summary>The row has it all.</summary>
    public void Clear() => (FailingSince, Last) = (null, null);
}
