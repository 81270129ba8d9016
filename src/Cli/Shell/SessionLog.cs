using FaceGrid.Client;

namespace FaceGrid.Cli.Shell;

/// <summary>Shows the progress of a long run on standard error.</summary>
/// <param name="session">The run.</param>
internal sealed class SessionLog(Session session) : IWorkLog
{
    /// <inheritdoc/>
    public IWork Begin(string what, long total) => Progress.Start(session, what, total);

    /// <inheritdoc/>
    public void Note(string line) => session.Terminal.Note(line);
}
