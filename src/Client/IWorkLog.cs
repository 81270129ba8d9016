namespace FaceGrid.Client;

/// <summary>Is told how a long run gets on. The program that starts the run implements it; what runs prints nothing itself.</summary>
public interface IWorkLog
{
    /// <summary>Begins a piece of work.</summary>
    /// <param name="what">What is being done, one word or two.</param>
    /// <param name="total">How much there is to do.</param>
    /// <returns>Counts what is done; disposing it ends the piece.</returns>
    IWork Begin(string what, long total);

    /// <summary>Says something in between.</summary>
    /// <param name="line">One line.</param>
    void Note(string line);
}
