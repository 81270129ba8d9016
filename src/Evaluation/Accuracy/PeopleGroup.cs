namespace FaceGrid.Evaluation.Accuracy;

/// <summary>What a person of LFW is used for; see <see cref="HeldOutPeople"/>.</summary>
internal enum PeopleGroup
{
    /// <summary>The built-in models were trained on them.</summary>
    Training,

    /// <summary>Choices between models were made with their pictures.</summary>
    Selection,

    /// <summary>Thresholds come from them.</summary>
    Calibration,

    /// <summary>Only the figures of a release come from them.</summary>
    Test,
}
