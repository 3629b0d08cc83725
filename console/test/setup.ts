import { configure } from '@testing-library/react';

// What is waited for comes; on a busy machine a part of the page that is loaded when it is needed takes its time.
configure({ asyncUtilTimeout: 15_000 });
